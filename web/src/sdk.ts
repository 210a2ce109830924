import type { RollingDrop } from '../../client-sdk/api.ts'
import { connect } from '../../client-sdk/connect.ts'

/** The one door to the server. Everything the pages show came through it. */
export const sdk: RollingDrop = connect(location.origin)
