/** A mail as it is sent: plain words, one thing to do. */
export type Letter = Readonly<{ to: string; subject: string; text: string }>

/** Where links lead: the pages' address, without a slash at its end. */
type Site = string

const IGNORE = 'If it was not you, there is nothing to do: without the link nothing happens.'

export const letters = {
  verify: (site: Site, to: string, token: string): Letter => ({
    to,
    subject: 'Confirm your address',
    text: `Welcome to RollingDrop.\n\nConfirm your address to finish your account:\n${site}/account/confirm#${token}\n\nThe link is good once, for 24 hours. ${IGNORE}\n`,
  }),
  alreadyThere: (site: Site, to: string, token: string): Letter => ({
    to,
    subject: 'You have an account already',
    text: `Somebody asked for a RollingDrop account with this address, which has one.\n\nIf you forgot its password, choose a new one:\n${site}/account/reset#${token}\n\nThe link is good once, for an hour. ${IGNORE}\n`,
  }),
  reset: (site: Site, to: string, token: string): Letter => ({
    to,
    subject: 'Choose a new password',
    text: `Somebody asked for a new password for your RollingDrop account.\n\nChoose it here:\n${site}/account/reset#${token}\n\nThe link is good once, for an hour, and ends all your sessions. ${IGNORE}\n`,
  }),
  nobody: (site: Site, to: string): Letter => ({
    to,
    subject: 'There is no account with this address',
    text: `Somebody asked for a new password for a RollingDrop account with this address, but there is none.\n\nYou may have used another address, or make an account: ${site}/account\n`,
  }),
  passwordChanged: (site: Site, to: string): Letter => ({
    to,
    subject: 'Your password was changed',
    text: `The password of your RollingDrop account was changed, and your other sessions were ended.\n\nIf it was not you, choose a new one at once: ${site}/account/forgot\n`,
  }),
} as const
