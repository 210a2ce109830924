const paths = {
  swords:
    'M4 4l9 9m-3.500 3.500L13 13l2.500-2.500M11 20l-2-2m11-14l-9 9m3.500 3.500L11 13M4.500 15.500l4 4M19.500 15.500l-4 4M4 20l2.500-2.500M20 20l-2.500-2.500',
  bag: 'M5 8h14l1 12H4zM9 10V7a3 3 0 0 1 6 0v3',
  clock: 'M12 7v5l3.500 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  shield: 'M12 3l8 3v6c0 5-3.500 8-8 9-4.500-1-8-4-8-9V6zM8.500 12l2.500 2.500 4.500-5',
  book: 'M4 5c3-1.500 6-1 8 1 2-2 5-2.500 8-1v14c-3-1.500-6-1-8 1-2-2-5-2.500-8-1zM12 6v14',
  pulse: 'M3 12h4l2.500-7 5 14 2.500-7h4',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4.200 4.200 0 0 0-6-6l-1.500 1.500M14 10a4 4 0 0 0-6-.4l-3 3a4.200 4.200 0 0 0 6 6l1.500-1.500',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  download: 'M12 4v11m-4.500-4.500L12 15l4.500-4.500M4 20h16',
  repeat: 'M4 11V9a3 3 0 0 1 3-3h12m-3-3l3 3-3 3M20 13v2a3 3 0 0 1-3 3H5m3 3l-3-3 3-3',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  eye: 'M2 12s3.500-7 10-7 10 7 10 7-3.500 7-10 7-10-7-10-7zM15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0z',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  bot: 'M12 3v4M5 8h14v10H5zM9 12v2M15 12v2M3 12v3M21 12v3',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  crown: 'M4 18h16l1-10-5 4-4-7-4 7-5-4z',
  chevron: 'M9 5l7 7-7 7',
  coins:
    'M15 9a6 3 0 1 1-12 0 6 3 0 0 1 12 0zM3 9v5c0 1.700 2.700 3 6 3M9 14a6 3 0 1 0 12 0 6 3 0 0 0-12 0zm0 0v4c0 1.700 2.700 3 6 3s6-1.300 6-3v-4',
  info: 'M12 11v6M12 7.500v.1M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
} as const

export type IconName = keyof typeof paths

/** A line icon in the colour of the text around it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
