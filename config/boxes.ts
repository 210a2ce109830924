import { whole } from './setting.ts'

/** What boxes the staff may publish. */
export const boxSettings = {
  BOX_RETURN_MIN_PERCENT: whole(
    50,
    '%',
    [0, 100],
    'A box that gives back less of its price on average is not published: players would feel cheated, and be right.',
  ),
  BOX_RETURN_MAX_PERCENT: whole(
    98,
    '%',
    [1, 1000],
    'A box that gives back more is not published: the house would live on luck.',
  ),
  BOX_REPORT_DRAWS: whole(
    10_000_000,
    'openings',
    [1000, 1_000_000_000],
    'Openings simulated before a box is published: some seconds of one core, and a return known to a tenth of a percent.',
  ),
}
