import type { ComponentChildren } from 'preact'
import { money } from '../../format/money.ts'
import { dayTime } from '../../format/time.ts'
import { count } from '../../format/words.ts'
import { fraudFound } from '../../state/admin-analytics.ts'

/** What looks like fraud. Each line says by which rule, and with which figures; none proves anything. */
export function Fraud() {
  const found = fraudFound.value
  if (found === null) return <p class="empty">Loading…</p>
  const { velocity, shared, gifts, chargeBacks } = found
  return (
    <section class="admin-panel" aria-label="Fraud" data-testid="fraud">
      <h2>Worth a look</h2>
      <p class="lead">Each line names its rule. None of them proves anything.</p>
      <List title="Faster than people are, lately" empty="Nobody.">
        {velocity.map(({ user, unit, at, passed }) => (
          <li key={`${user} ${unit} ${at}`}>
            <Whom id={user} />{' '}
            {passed.map(({ rule, what, count: seen, bound }) => (
              <span key={rule}>
                {seen} {what} within the {unit} of {dayTime(at)} <Rule name={rule} bound={`more than ${bound}`} />
              </span>
            ))}
          </li>
        ))}
      </List>
      <List title="Shared devices, addresses and payout accounts" empty="None.">
        {shared.map(({ group, kind, users, bound, rule, members }) => (
          <li key={group + kind}>
            {count(users, 'user')} share one {kind}:{' '}
            {members.map(({ user }) => (
              <Whom key={user} id={user} />
            ))}
            {users > members.length && '…'} <Rule name={rule} bound={`${bound} or more`} />
          </li>
        ))}
      </List>
      <List title="Gifts and sales far from what things are worth" empty="None.">
        {gifts.oneSided.map(({ from, to, asset, given, back, gifts: times, rule, bound }) => (
          <li key={`${from} ${to} ${asset}`}>
            <Whom id={from} /> gave <Whom id={to} /> {money(BigInt(given), asset)} in {times}, and got{' '}
            {money(BigInt(back), asset)} <Rule name={rule} bound={`${money(BigInt(bound), asset)} or more`} />
          </li>
        ))}
        {gifts.circles.map(({ users, asset, least, rule, bound }) => (
          <li key={users.join(' ') + asset}>
            {money(BigInt(least), asset)} went round:{' '}
            {users.map((user) => (
              <Whom key={user} id={user} />
            ))}{' '}
            <Rule name={rule} bound={`${money(BigInt(bound), asset)} or more`} />
          </li>
        ))}
      </List>
      <List title="Charge-backs" empty="None.">
        {chargeBacks.map(({ user, asset, deposited, reversed, rule }) => (
          <li key={user + asset}>
            <Whom id={user} /> {money(BigInt(reversed), asset)} of {money(BigInt(deposited), asset)} charged back{' '}
            <Rule name={rule} bound="any" />
          </li>
        ))}
      </List>
    </section>
  )
}

function List({ title, empty, children }: { title: string; empty: string; children: ComponentChildren }) {
  const isEmpty = [children].flat(2).length === 0
  return (
    <>
      <h3>{title}</h3>
      {isEmpty ? <p class="hint">{empty}</p> : <ul class="findings">{children}</ul>}
    </>
  )
}

function Whom({ id }: { id: string }) {
  return (
    <>
      <a href={`/staff/users/${id}`}>…{id.slice(-8)}</a>{' '}
    </>
  )
}

function Rule({ name, bound }: { name: string; bound: string }) {
  return (
    <small class="rule-name">
      {name}: {bound}
    </small>
  )
}
