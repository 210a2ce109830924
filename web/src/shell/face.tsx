import { avatarArt, botAvatar } from '../art/avatar.ts'

/** A player's or a bot's badge; a free seat is a dashed ring. */
export function Face({ of }: { of: Readonly<{ user: string | null; name: string; bot: boolean }> | null }) {
  if (of === null) return <span class="avatar free" title="Free seat" />
  return <img class="avatar" src={of.bot ? botAvatar : avatarArt(of.user ?? of.name)} alt="" title={of.name} />
}
