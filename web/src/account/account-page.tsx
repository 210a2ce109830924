import { LimitsSection } from '../limits/limits-section.tsx'
import type { AccountStep } from '../state/route.ts'
import { user } from '../state/session.ts'
import { Arrival } from './arrival.tsx'
import { Forgot } from './forgot.tsx'
import { OwnAccount } from './own-account.tsx'
import { NewPassword } from './new-password.tsx'
import { SignIn } from './sign-in.tsx'
import { SignUp } from './sign-up.tsx'

/** Signing up and in, and one's own account once that is done. */
export function AccountPage({ step }: { step: AccountStep }) {
  switch (step) {
    case 'confirm':
    case 'signed-in':
      return <Arrival step={step} />
    case 'forgot':
      return <Forgot />
    case 'reset':
      return <NewPassword />
    case 'own':
      return <Own />
    default:
      return step satisfies never
  }
}

function Own() {
  if (user.value === null) return <p class="empty">Loading…</p>
  if (!user.value.guest) return <OwnAccount />
  return (
    <div class="page account">
      <h1>Your account</h1>
      <p class="lead">
        You play as <b>{user.value.name}</b>, a guest of this browser. With an account your credits and items are yours
        on every device.
      </p>
      <div class="account-ways">
        <SignUp />
        <SignIn />
      </div>
      <LimitsSection />
    </div>
  )
}
