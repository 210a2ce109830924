type Refusal = Readonly<{ status: number; close: number; retry: boolean; sentence: string }>

const refusal = (status: number, close: number, retry: boolean, sentence: string): Refusal => ({
  status,
  close,
  retry,
  sentence,
})

/**
 * Every code a caller can get: HTTP status, WebSocket close code (used only where the socket must close), whether trying
 * again can help, and one sentence for a person. Codes are part of the product: they are added, never renamed.
 */
export const errorTable = {
  'request/invalid': refusal(400, 4400, false, 'The request does not have the expected shape.'),
  'request/too-large': refusal(413, 4413, false, 'The message is larger than allowed.'),
  'request/too-many': refusal(429, 4429, true, 'Too many messages in a short time; please slow down.'),
  'request/too-many-sockets': refusal(429, 4429, true, 'You have too many connections open; close some of them.'),
  'request/no-pong': refusal(408, 4408, true, 'You gave no sign of life for too long; reconnect.'),
  'request/not-found': refusal(404, 4404, false, 'There is nothing at this address.'),
  'request/key-missing': refusal(400, 4400, false, 'This request needs an Idempotency-Key header.'),
  'request/key-reused': refusal(409, 4409, false, 'This idempotency key was used before with another request.'),
  'auth/token-missing': refusal(401, 4401, false, 'Sign in first.'),
  'auth/token-invalid': refusal(401, 4401, false, 'This token is not valid.'),
  'auth/token-expired': refusal(401, 4401, true, 'Your session has expired; refresh it and try again.'),
  'auth/revoked': refusal(401, 4401, false, 'This session has been ended.'),
  'auth/forbidden': refusal(403, 4403, false, 'You are not allowed to do this.'),
  'auth/credentials': refusal(401, 4401, false, 'The e-mail address or the password is not right.'),
  'auth/code-missing': refusal(401, 4401, false, 'Enter the code of your authenticator app, too.'),
  'auth/code': refusal(401, 4401, false, 'This code is not right, or was used already.'),
  'auth/slow-down': refusal(429, 4429, true, 'Too many attempts; please wait a moment.'),
  'auth/busy': refusal(503, 4503, true, 'Too many people are signing in; please try again in a moment.'),
  'auth/link': refusal(410, 4410, false, 'This link was used already, or it has expired.'),
  'auth/password': refusal(422, 4422, false, 'This password is too easy to guess; choose a longer one.'),
  'auth/confirm': refusal(403, 4403, false, 'Confirm that it is you first.'),
  'auth/provider': refusal(401, 4401, false, 'Signing in with that provider did not work.'),
  'auth/provider-unknown': refusal(404, 4404, false, 'There is no such way to sign in.'),
  'auth/not-guest': refusal(409, 4409, false, 'You have an account already.'),
  'auth/role': refusal(409, 4409, false, 'This role cannot be given or taken here.'),
  'auth/totp': refusal(409, 4409, false, 'An authenticator app is set up already, or none is yet.'),
  'ledger/insufficient': refusal(402, 4402, false, 'The balance is too low.'),
  'ledger/fenced': refusal(409, 4101, true, 'Another node has taken over; reconnect.'),
  'ledger/conflict': refusal(409, 4409, false, 'This id was used before for something else.'),
  'ledger/hold-gone': refusal(409, 4409, false, 'The reservation has ended.'),
  'ledger/hold-exceeded': refusal(409, 4409, false, 'More was asked for than is reserved.'),
  'ledger/frozen': refusal(403, 4403, false, 'Spending from this account is frozen.'),
  'ledger/overflow': refusal(422, 4422, false, 'The amount is larger than can be counted.'),
  'ledger/invalid': refusal(422, 4422, false, 'The outcome is not well formed.'),
  'ledger/poisoned': refusal(422, 4422, false, 'The database refuses this outcome.'),
  'ledger/overloaded': refusal(503, 4503, true, 'Too much is waiting; please try again in a moment.'),
  'ledger/unavailable': refusal(503, 4503, true, 'The ledger cannot be reached; please try again in a moment.'),
  'ledger/too-far-ahead': refusal(422, 4422, false, 'The id carries a time that has not come yet.'),
  'ledger/not-found': refusal(404, 4404, false, 'There is no such outcome.'),
  'battle/unknown': refusal(404, 4404, false, 'There is no such battle.'),
  'battle/already-started': refusal(409, 4409, false, 'The battle has started; seats can no longer change.'),
  'battle/finished': refusal(409, 4409, false, 'The battle is over.'),
  'battle/full': refusal(409, 4409, false, 'All seats are taken.'),
  'battle/seat-taken': refusal(409, 4409, false, 'This seat is taken.'),
  'battle/seat-unknown': refusal(404, 4404, false, 'There is no such seat.'),
  'battle/not-seated': refusal(409, 4409, false, 'You have no seat in this battle.'),
  'battle/already-seated': refusal(409, 4409, false, 'You have a seat in this battle already.'),
  'battle/not-creator': refusal(403, 4403, false, 'Only the creator of the battle may do this.'),
  'battle/not-alone': refusal(409, 4409, false, 'Others have joined; the battle can no longer be cancelled.'),
  'battle/options': refusal(422, 4422, false, 'These options do not go together.'),
  'battle/level': refusal(403, 4403, false, 'Your level is too low for this battle.'),
  'battle/too-many': refusal(429, 4429, true, 'You have too many open battles; wait until one has ended.'),
  'battle/too-many-spectators': refusal(503, 4503, true, 'Too many are watching this battle; please try again later.'),
  'battle/too-early': refusal(409, 4409, true, 'It is not time for this yet.'),
  'box/unknown': refusal(404, 4404, false, 'There is no such box.'),
  'box/changed': refusal(409, 4409, false, 'The box has changed since you looked at it; look again.'),
  'box/state': refusal(409, 4409, false, 'The box is not in a state in which this can be done.'),
  'box/exists': refusal(409, 4409, false, 'There is a box of this name already.'),
  'box/not-fit': refusal(422, 4422, false, 'This box may not be published as it is.'),
  'box/not-sold-here': refusal(451, 4403, false, 'Boxes for money are not sold where you are.'),
  'item/unknown': refusal(404, 4404, false, 'You do not have this item.'),
  'item/locked': refusal(409, 4409, false, 'This item is locked; unlock it first.'),
  'feed/position': refusal(400, 4400, false, 'This is not a position in the feed.'),
  'feed/filter': refusal(400, 4400, false, 'This is not a filter of the feed.'),
  'feed/too-many-filters': refusal(503, 4503, true, 'Too many different filters are served here already.'),
  'feed/too-slow': refusal(503, 4010, true, 'You read more slowly than the feed flows; reconnect to catch up.'),
  'feed/already-subscribed': refusal(409, 4409, false, 'You are subscribed already; unsubscribe first.'),
  'feed/full': refusal(503, 4503, true, 'Too many are connected here; please try again in a moment.'),
  'feed/lineage': refusal(409, 4409, false, 'This position is of another history; start anew without it.'),
  'feed/too-old': refusal(410, 4410, false, 'This position is too far back; start anew without it.'),
  'opening/unknown': refusal(404, 4404, false, 'There is no such opening.'),
  'opening/nonce': refusal(409, 4409, true, 'The seeds were used meanwhile; please try again.'),
  'seeds/unknown': refusal(404, 4404, false, 'There is no such pair of seeds.'),
  'limit/exceeded': refusal(403, 4403, false, 'This is more than the limit you have set for yourself.'),
  'limit/raise-too-soon': refusal(409, 4409, false, 'A limit is raised a day after it was asked for.'),
  'limit/excluded': refusal(403, 4403, false, 'You have excluded yourself from playing for now.'),
  'limit/session': refusal(403, 4403, false, 'You have played for as long as you allow yourself today.'),
  'person/age-unknown': refusal(403, 4403, false, 'Tell us your date of birth and your country first.'),
  'person/too-young': refusal(403, 4403, false, 'You are too young for this.'),
  'person/unproven': refusal(403, 4403, false, 'Prove who you are first.'),
  'person/proof-pending': refusal(409, 4409, true, 'Your identity is being checked; come back when that is done.'),
  'person/stated': refusal(409, 4409, false, 'You have told us this before; ask support to change it.'),
  'person/signature': refusal(401, 4401, false, 'The signature does not fit the message.'),
  'person/unknown-proof': refusal(404, 4503, true, 'There is no such check of an identity, or not yet.'),
  'person/unavailable': refusal(503, 4503, true, 'Nobody can check your identity just now; please try again later.'),
  'user/unknown': refusal(404, 4404, false, 'There is no such user.'),
  'user/unsettled': refusal(409, 4409, false, 'Something of yours is still open; settle it first.'),
  'user/debt': refusal(403, 4403, false, 'You owe something; pay it first.'),
  'payment/unknown': refusal(404, 4404, false, 'There is no such payment.'),
  'payment/state': refusal(409, 4409, false, 'The payment is past this.'),
  'payment/amount': refusal(422, 4422, false, 'This amount cannot be paid at once.'),
  'payment/asset': refusal(422, 4422, false, 'This is not money that can be paid in or out.'),
  'payment/signature': refusal(401, 4401, false, 'The signature does not fit the message.'),
  'payment/unavailable': refusal(503, 4503, true, 'The payment provider does not answer; please try again later.'),
  'redeem/unknown': refusal(404, 4404, false, 'There is no such redemption.'),
  'redeem/state': refusal(409, 4409, false, 'The redemption is past this.'),
  'redeem/play': refusal(422, 4422, false, 'What was won with play money cannot be redeemed.'),
  'market/unknown': refusal(404, 4404, false, 'There is no such offer.'),
  'market/ended': refusal(409, 4409, false, 'The offer has ended: sold, taken back or expired.'),
  'market/own': refusal(409, 4409, false, 'This is your own offer.'),
  'market/not-yours': refusal(403, 4403, false, 'This is not your offer.'),
  'market/other-price': refusal(409, 4409, false, 'The price is not the one you have seen; look again.'),
  'market/price': refusal(422, 4422, false, 'This price cannot be asked.'),
  'market/mixed': refusal(422, 4422, false, 'Play money and what is won with it are never traded for anything real.'),
  'market/too-many': refusal(429, 4429, true, 'You have too many open offers; wait until one has ended.'),
  'trade/unknown': refusal(404, 4404, false, 'There is no such trade.'),
  'trade/ended': refusal(409, 4409, false, 'The trade has ended.'),
  'trade/empty': refusal(422, 4422, false, 'A trade moves something from each side, or is a gift of items.'),
  'session/ack': refusal(400, 4400, false, 'This is no number of a message you were sent.'),
  'outbound/refused': refusal(422, 4422, false, 'This URL may not be called: it must be https and public.'),
  'partner/key-missing': refusal(401, 4401, false, 'This needs an API key and a signature.'),
  'partner/key-unknown': refusal(401, 4401, false, 'This API key is not known or no longer valid.'),
  'partner/signature': refusal(401, 4401, false, 'The signature does not fit the request.'),
  'partner/stale': refusal(401, 4401, false, 'The time stamp lies too far from now.'),
  'partner/replayed': refusal(401, 4401, false, 'This nonce was used before.'),
  'partner/forbidden': refusal(403, 4403, false, 'This is not for this partner.'),
  'partner/topic-unknown': refusal(404, 4404, false, 'There is no such topic.'),
  'partner/unknown': refusal(404, 4404, false, 'There is no such partner.'),
  'partner/exists': refusal(409, 4409, false, 'There is a partner of this name already.'),
  'partner/state': refusal(409, 4409, false, 'The partner is not in a state in which this can be done.'),
  'partner/user-unknown': refusal(404, 4404, false, 'You have no such user.'),
  'partner/wallet-refused': refusal(402, 4402, false, 'The wallet of the partner refused the payment.'),
  'partner/wallet-away': refusal(503, 4503, true, 'The wallet of the partner does not answer; nothing was taken.'),
  'partner/quota': refusal(429, 4429, true, 'The quota is used up; please slow down.'),
  'matchmaking/unavailable': refusal(
    503,
    4503,
    true,
    'No server can take you right now; please try again in a moment.',
  ),
  'matchmaking/full': refusal(503, 4503, true, 'All servers are full; please try again in a moment.'),
  'server/draining': refusal(503, 4101, true, 'This server is going away; reconnect.'),
  'server/busy': refusal(503, 4503, true, 'Something we depend on does not answer; please try again in a moment.'),
  'server/internal': refusal(500, 4500, true, 'Something went wrong on our side.'),
} as const satisfies Record<string, Refusal>

export type ErrorCode = keyof typeof errorTable

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text)
}

/** What a client is told: the code, one sentence for a person, and whether trying again can help. Never a stack. */
export type ErrorReply = Readonly<{ code: ErrorCode; message: string; retry: boolean; details?: unknown }>

/** The one error class. `details` is told to the caller too, so it holds nothing secret. */
export class RollingDropError extends Error {
  readonly code: ErrorCode
  readonly details: unknown

  constructor(code: ErrorCode, details?: unknown, cause?: unknown) {
    super(errorTable[code].sentence, cause === undefined ? undefined : { cause })
    this.name = 'RollingDropError'
    this.code = code
    this.details = details
  }

  get status(): number {
    return errorTable[this.code].status
  }

  get close(): number {
    return errorTable[this.code].close
  }

  get retry(): boolean {
    return errorTable[this.code].retry
  }

  reply(): ErrorReply {
    const { code, message, retry, details } = this
    return details === undefined ? { code, message, retry } : { code, message, retry, details }
  }
}

/** Any thrown value as a RollingDropError; what is not one of ours becomes `server/internal` with the original as cause. */
export function toRollingDropError(error: unknown): RollingDropError {
  return error instanceof RollingDropError ? error : new RollingDropError('server/internal', undefined, error)
}
