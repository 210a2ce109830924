import { Icon, type IconName } from '../shell/icon.tsx'

const steps: readonly Readonly<{ icon: IconName; title: string; text: string }>[] = [
  {
    icon: 'plus',
    title: 'Pick boxes',
    text: 'Start a battle with the boxes you like, or take a seat in one that waits.',
  },
  {
    icon: 'swords',
    title: 'Open together',
    text: 'Round by round, every seat opens the same box. Totals grow as you watch.',
  },
  {
    icon: 'crown',
    title: 'The mode decides',
    text: 'Highest, lowest, last round or a ticket: the winner gets every item, to keep or to sell back.',
  },
  { icon: 'shield', title: 'Check it', text: 'Recompute the whole battle in your browser with one click.' },
]

export function Steps() {
  return (
    <ol class="steps">
      {steps.map(({ icon, title, text }) => (
        <li key={title}>
          <Icon name={icon} />
          <h3>{title}</h3>
          <p>{text}</p>
        </li>
      ))}
    </ol>
  )
}
