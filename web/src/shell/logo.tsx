/** The mark: a drop with a die in it. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 40 44" aria-hidden="true">
      <path d="M20 2c8 8.500 15 15.500 15 24a15 15 0 0 1-30 0C5 17.500 12 10.500 20 2z" fill="var(--accent)" />
      <path d="M20 15l9 5.200v10.400l-9 5.200-9-5.200V20.200z" fill="var(--ground)" />
      <path
        d="M20 25.400l9-5.200M20 25.400l-9-5.200M20 25.400v10.400"
        stroke="var(--accent)"
        stroke-width="1.800"
        fill="none"
      />
    </svg>
  )
}
