import { render } from 'preact'
import './style/base.css'
import './style/shell.css'
import './style/item.css'
import './style/lobby.css'
import './style/create.css'
import './style/battle.css'
import './style/mode.css'
import './style/sides.css'
import './style/reel.css'
import './style/result.css'
import './style/feed.css'
import './style/live.css'
import './style/opening.css'
import './style/account.css'
import './style/limits.css'
import './style/admin.css'
import './style/analytics.css'
import './style/market.css'
import './style/pages.css'
import './style/rules.css'
import { App } from './app.tsx'
import { startCatalog } from './state/catalog.ts'
import { startFeed } from './state/feed.ts'
import { startLobby } from './state/lobby.ts'
import { startSession } from './state/session.ts'
import { startShelf } from './state/shelf.ts'

render(<App />, document.getElementById('app')!)

startLobby()
startFeed()
void startCatalog()
startShelf()
void startSession()
