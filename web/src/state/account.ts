/** Everything that is open belongs to who was signed in before: the page begins anew as the one who is now. */
export function startAnew(): void {
  location.assign('/')
}

/** What stands after # in the address of a link that was sent; it is not kept in the history. */
export function takeLink(): string {
  const link = location.hash.slice(1)
  history.replaceState(null, '', location.pathname)
  return link
}
