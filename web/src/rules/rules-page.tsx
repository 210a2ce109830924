import { percentExact } from '../format/credits.ts'
import { boxes } from '../state/catalog.ts'
import { Icon } from '../shell/icon.tsx'
import { ModeRules } from './mode-rules.tsx'
import { OptionRules } from './option-rules.tsx'
import { Steps } from './steps.tsx'

export function RulesPage() {
  return (
    <div class="page prose">
      <h1>How it works</h1>
      <p class="lead">Everyone opens the same boxes. Who takes what was opened is the mode’s to say.</p>
      <Steps />
      <ModeRules />
      <Course />
      <OptionRules />
      <h2>Why you need not trust us</h2>
      <ol>
        <li>
          <b>We commit first.</b> Before anyone joins, the battle shows a fingerprint of its secret server seed and of
          the exact boxes, odds and prices. Neither can be changed afterwards without the fingerprint giving it away.
        </li>
        <li>
          <b>You add your own.</b> Your browser makes a random seed when you take a seat. So does everyone else’s.
        </li>
        <li>
          <b>Then something nobody here can choose.</b> When the last seat is taken, a public random value is named by
          its number. It comes out only after that.
        </li>
        <li>
          <b>All of it decides together.</b> Seeds and public value give each item, by a published formula. The reels
          are for the eye: they spin at the box’s true odds, and land on what was drawn.
        </li>
        <li>
          <b>You check.</b> At the end the server seed is shown. Your browser recomputes every draw and every payout.{' '}
          <a href="/verify">Verify any battle</a>, or{' '}
          <a href="/fairness.txt" target="_blank">
            read the formula
          </a>{' '}
          and write your own checker.
        </li>
      </ol>
      <p class="note">
        <Icon name="info" />
        <span>
          In this installation the public values come from a chain of hashes whose end was published beforehand. Its
          operator could know them early; where real money is played they come from drand, a public network that nobody
          controls alone. Each battle’s record names its source.
        </span>
      </p>
      <h2>Play credits</h2>
      <p>
        Credits and everything won with them are for play. They are worth nothing real, cannot be bought, and are never
        exchanged for anything that is.
      </p>
      <Odds />
    </div>
  )
}

/** From the seats to the winnings. */
function Course() {
  return (
    <>
      <h2>The course of a battle</h2>
      <ul>
        <li>
          A battle has 1 to 50 rounds and 2 to 6 seats. A seat costs the sum of its boxes, paid when you sit down.
        </li>
        <li>It starts by itself with the last seat and cannot be stopped after that.</li>
        <li>
          Before the start you can leave and are refunded. The creator can cancel while no other player has joined.
          After 15 minutes without a full table everyone is refunded.
        </li>
        <li>A bot plays for the house: the house pays its seat, and what it wins stays with the house.</li>
        <li>
          If two or more sides are level for the win, each of them gets one more draw from the same seeds. The highest
          draw wins.
        </li>
        <li>
          Some items are limited: their box says how many are left. With the last seat a battle sets aside as many as it
          could open. When too few are left, it says so, and pays their published value in credits instead.
        </li>
        <li>What you win is yours at once. Keep it, or sell it back at its published value.</li>
      </ul>
    </>
  )
}

function Odds() {
  if (boxes.value === null) return null
  return (
    <>
      <h2>What the boxes give back</h2>
      <p>On average, over many openings. Open a box on the lobby’s shelf to see the odds of each item.</p>
      <ul class="returns">
        {boxes.value.map((box) => (
          <li key={box.id}>
            <span>{box.name}</span>
            <meter min={0} max={1} value={box.returnToPlayer} />
            <b>{percentExact(box.returnToPlayer)}</b>
          </li>
        ))}
      </ul>
    </>
  )
}
