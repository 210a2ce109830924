import type { PartnerRevenue } from '../../../../schema/analytics-http.ts'
import { money } from '../../format/money.ts'

type Sum = Readonly<{ partner: string; sandbox: boolean; asset: string }> &
  Record<'gross' | 'commission' | 'net', bigint>

/** What partners earned in all the days that are shown. */
export function PartnerTable({ days }: { days: PartnerRevenue['days'] }) {
  const sums = new Map<string, Sum>()
  for (const { partner, sandbox, tenant, asset, gross, commission, net } of days) {
    const key = `${tenant} ${asset}`
    const sum = sums.get(key) ?? { partner, sandbox, asset, gross: 0n, commission: 0n, net: 0n }
    sum.gross += BigInt(gross)
    sum.commission += BigInt(commission)
    sum.net += BigInt(net)
    sums.set(key, sum)
  }
  return (
    <section class="admin-panel" aria-label="Partners">
      <h2>Partners</h2>
      <div class="table-wrap">
        <table class="table" data-testid="partner-revenue">
          <thead>
            <tr>
              <th scope="col">Partner</th>
              <th scope="col" class="number">
                Gross
              </th>
              <th scope="col" class="number">
                Commission
              </th>
              <th scope="col" class="number">
                Net
              </th>
            </tr>
          </thead>
          <tbody>
            {[...sums].map(([key, { partner, sandbox, asset, gross, commission, net }]) => (
              <tr key={key}>
                <td>
                  {partner} {sandbox && <small>sandbox</small>}
                </td>
                <td class="number">{money(gross, asset)}</td>
                <td class="number">{money(commission, asset)}</td>
                <td class="number">{money(net, asset)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
