import { useEffect } from 'preact/hooks'
import { Feed } from './feed/feed.tsx'
import { BattlePage } from './battle/battle-page.tsx'
import { HistoryPage } from './history/history-page.tsx'
import { LeadersPage } from './leaders/leaders-page.tsx'
import { ItemsPage } from './items/items-page.tsx'
import { OpenPage } from './opening/open-page.tsx'
import { OpenShelf } from './opening/open-shelf.tsx'
import { AdminPage } from './admin/admin-page.tsx'
import { AccountPage } from './account/account-page.tsx'
import { LivePage } from './live/live-page.tsx'
import { Lobby } from './lobby/lobby.tsx'
import { ConfirmDialog } from './confirm/confirm-dialog.tsx'
import { ItemMarket } from './market/item-market.tsx'
import { MarketPage } from './market/market-page.tsx'
import { OwnOffers } from './market/own-offers.tsx'
import { ShowcasePage } from './trades/showcase-page.tsx'
import { TradesPage } from './trades/trades-page.tsx'
import { WalletPage } from './wallet/wallet-page.tsx'
import { RulesPage } from './rules/rules-page.tsx'
import { Header } from './shell/header.tsx'
import { Reconnecting } from './shell/reconnecting.tsx'
import { TabBar } from './shell/tab-bar.tsx'
import { Toasts } from './shell/toasts.tsx'
import { route, type Route } from './state/route.ts'
import { VerifyPage } from './verify/verify-page.tsx'

export function App() {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Header />
      <Reconnecting />
      <div class="frame">
        <main id="main" tabIndex={-1}>
          <Page />
        </main>
        {route.value.page !== 'live' && route.value.page !== 'admin' && <Feed />}
      </div>
      <TabBar />
      <Toasts />
      <ConfirmDialog />
    </>
  )
}

const titles: Record<Route['page'], string> = {
  lobby: 'Battles',
  battle: 'Battle',
  items: 'Your items',
  history: 'History',
  verify: 'Verify',
  rules: 'Rules',
  leaders: 'Leaders',
  live: 'Live feed',
  account: 'Account',
  admin: 'Staff',
  open: 'Open boxes',
  market: 'Market',
  'own-offers': 'Your offers',
  trades: 'Trades',
  wallet: 'Wallet',
  showcase: 'Showcase',
  nowhere: 'Nothing here',
}

function Page() {
  const at = route.value
  useEffect(() => {
    document.title = `${titles[at.page]} · RollingDrop`
  }, [at.page])
  switch (at.page) {
    case 'lobby':
      return <Lobby />
    case 'battle':
      return <BattlePage key={at.id} id={at.id} />
    case 'items':
      return <ItemsPage />
    case 'history':
      return <HistoryPage />
    case 'verify':
      return <VerifyPage key={at.id} id={at.id} />
    case 'rules':
      return <RulesPage />
    case 'leaders':
      return <LeadersPage />
    case 'open':
      return at.box === null ? <OpenShelf /> : <OpenPage key={at.box} box={at.box} />
    case 'account':
      return <AccountPage key={at.step} step={at.step} />
    case 'live':
      return <LivePage />
    case 'admin':
      return <AdminPage section={at.section} id={at.id} />
    case 'market':
      return at.asset === null ? <MarketPage /> : <ItemMarket key={at.asset} asset={at.asset} />
    case 'own-offers':
      return <OwnOffers />
    case 'trades':
      return <TradesPage />
    case 'wallet':
      return <WalletPage />
    case 'showcase':
      return <ShowcasePage key={at.user} user={at.user} />
    case 'nowhere':
      return (
        <section class="empty-page">
          <h1>Nothing here</h1>
          <p>This address leads nowhere.</p>
          <a class="button primary" href="/">
            To the lobby
          </a>
        </section>
      )
    default:
      return at satisfies never
  }
}
