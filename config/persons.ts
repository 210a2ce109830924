import { list, oneOf, whole } from './setting.ts'

/** Rows of the table in `config.ts`: who may play for money, and how long people can keep themselves from it. */
export const personSettings = {
  KYC: oneOf(
    'sandbox',
    ['sandbox', 'none'],
    'Who checks identities before the first withdrawal: a sandbox on this machine where anyone approves themselves, or only the staff.',
  ),
  AGE_MIN: whole(
    18,
    'years',
    [0, 99],
    'Real money is spent and paid in from this age on, where a tenant has no rules of its own.',
  ),
  COUNTRIES_BLOCKED: {
    ...list({
      unit: 'countries',
      item: /^[A-Z]{2}$/,
      allowed: 'two-letter codes of countries (ISO 3166-1)',
      why: 'Boxes for money are not sold there, where a tenant has no rules of its own; Belgium takes them for gambling.',
    }),
    default: ['BE'] as readonly string[],
  },
  COOL_OFF_HOURS: {
    ...list({
      unit: 'h',
      item: /^[1-9][0-9]{0,3}$/,
      allowed: 'whole numbers of hours',
      why: 'How long people can cool off: an hour to six weeks, which nobody can shorten.',
    }),
    default: ['1', '24', '168', '1008'] as readonly string[],
  },
  SELF_EXCLUSION_DAYS: {
    ...list({
      unit: 'days',
      item: /^[1-9][0-9]{2,4}$/,
      allowed: 'whole numbers of days',
      why: 'How long people can exclude themselves for good: half a year, a year, five years.',
    }),
    default: ['183', '365', '1826'] as readonly string[],
  },
}
