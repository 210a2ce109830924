import { signal } from '@preact/signals'
import { sdk } from '../sdk.ts'
import { codeOf } from './toast.ts'

type Asked = Readonly<{ wantsCode: boolean; settle: (isConfirmed: boolean) => void }>

/** Whether somebody is being asked to prove once more who they are. */
export const asked = signal<Asked | null>(null)

/**
 * Does what may want a fresh proof of who one is: asks for it when the server does, then does it again. Undefined: it was not given.
 * What else goes wrong is thrown.
 */
export async function confirmed<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (codeOf(error) !== 'auth/confirm') throw error
    return (await ask()) ? work() : undefined
  }
}

async function ask(): Promise<boolean> {
  const wantsCode = await sdk.account.hasSecondFactor()
  const isConfirmed = await new Promise<boolean>((settle) => (asked.value = { wantsCode, settle }))
  asked.value = null
  return isConfirmed
}
