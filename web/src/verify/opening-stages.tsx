import type { ComponentChildren } from 'preact'
import type { Verification } from '../../../client-sdk/api.ts'
import { Icon } from '../shell/icon.tsx'

/** The four stages of an opening's check, as they came out. */
export function OpeningStages({ result, children }: { result: Verification; children?: ComponentChildren }) {
  return (
    <ol class="opening-stages" data-testid="opening-verdict" data-ok={result.ok}>
      {result.stages.map(({ name, ok, detail }) => (
        <li key={name} class={ok ? 'ok' : 'bad'}>
          <Icon name={ok ? 'check' : 'close'} /> <b>{name}</b> {detail}
        </li>
      ))}
      {children}
    </ol>
  )
}
