import type { Pool } from 'pg'
import type { Ledger } from '../ledger/ledger.ts'
import { MAIN_TENANT, type TenantId } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { itemAsset, PLAY_CREDIT } from '../schema/asset.ts'
import type { Box, Rarity } from '../schema/box.ts'
import { ensureBankroll } from './bankroll.ts'
import { findVersion } from './box-version.ts'
import { publishBox } from './publish.ts'
import { limitItem } from './stock.ts'

/** sku, name, rarity, value in hundredths of a credit, weight. */
type PrizeRow = readonly [sku: string, name: string, rarity: Rarity, value: number, weight: number]
type BoxRow = Readonly<{ id: string; name: string; price: number; prizes: readonly PrizeRow[] }>

/** The boxes a new database begins with. Weights of a box add up to 100,000; 89 to 93 % of the price comes back on average. */
const boxRows: readonly BoxRow[] = [
  {
    id: 'pocket-change',
    name: 'Pocket Change',
    price: 250,
    prizes: [
      ['bent-paperclip', 'Bent Paperclip', 'common', 20, 25_124],
      ['copper-button', 'Copper Button', 'common', 60, 18_600],
      ['lucky-penny', 'Lucky Penny', 'common', 120, 15_500],
      ['glass-marble', 'Glass Marble', 'common', 180, 13_900],
      ['brass-whistle', 'Brass Whistle', 'uncommon', 260, 12_200],
      ['tin-soldier', 'Tin Soldier', 'uncommon', 400, 7_700],
      ['pocket-compass', 'Pocket Compass', 'rare', 800, 3_700],
      ['silver-thimble', 'Silver Thimble', 'rare', 1_200, 2_400],
      ['enamel-locket', 'Enamel Locket', 'epic', 3_500, 780],
      ['golden-acorn', 'Golden Acorn', 'legendary', 25_000, 96],
    ],
  },
  {
    id: 'garden-shed',
    name: 'Garden Shed',
    price: 500,
    prizes: [
      ['seed-packet', 'Seed Packet', 'common', 50, 24_539],
      ['garden-twine', 'Garden Twine', 'common', 110, 19_700],
      ['terracotta-pot', 'Terracotta Pot', 'common', 220, 16_400],
      ['tin-watering-can', 'Tin Watering Can', 'common', 350, 14_400],
      ['weathered-gnome', 'Weathered Gnome', 'uncommon', 550, 11_800],
      ['copper-trowel', 'Copper Trowel', 'uncommon', 900, 6_900],
      ['sundial-plate', 'Sundial Plate', 'rare', 1_800, 3_300],
      ['beekeeper-lantern', 'Beekeeper Lantern', 'rare', 2_600, 2_200],
      ['moonflower-bulb', 'Moonflower Bulb', 'epic', 8_000, 660],
      ['emerald-topiary', 'Emerald Topiary', 'legendary', 45_000, 101],
    ],
  },
  {
    id: 'night-market',
    name: 'Night Market',
    price: 1000,
    prizes: [
      ['paper-fan', 'Paper Fan', 'common', 100, 23_478],
      ['incense-bundle', 'Incense Bundle', 'common', 200, 19_400],
      ['spiced-tea-tin', 'Spiced Tea Tin', 'common', 380, 16_200],
      ['silk-ribbon', 'Silk Ribbon', 'common', 650, 14_000],
      ['painted-kite', 'Painted Kite', 'uncommon', 1_000, 12_400],
      ['lacquer-box', 'Lacquer Box', 'uncommon', 1_500, 7_900],
      ['jade-dice', 'Jade Dice', 'rare', 3_200, 3_400],
      ['firefly-lamp', 'Firefly Lamp', 'rare', 5_000, 2_100],
      ['cloud-teapot', 'Cloud Teapot', 'epic', 14_000, 650],
      ['phantom-mask', 'Phantom Mask', 'epic', 22_000, 390],
      ['midnight-dragon-kite', 'Midnight Dragon Kite', 'legendary', 90_000, 82],
    ],
  },
  {
    id: 'tidal-cache',
    name: 'Tidal Cache',
    price: 2000,
    prizes: [
      ['driftwood-charm', 'Driftwood Charm', 'common', 200, 23_811],
      ['sea-glass', 'Sea Glass', 'common', 450, 19_000],
      ['coiled-rope', 'Coiled Rope', 'common', 800, 16_100],
      ['message-bottle', 'Message Bottle', 'common', 1_300, 14_100],
      ['brass-spyglass', 'Brass Spyglass', 'uncommon', 2_000, 12_400],
      ['pearl-button', 'Pearl Button', 'uncommon', 3_000, 7_900],
      ['sailor-sextant', 'Sailor Sextant', 'rare', 6_000, 3_600],
      ['coral-crown', 'Coral Crown', 'rare', 9_500, 2_100],
      ['abyssal-lantern', 'Abyssal Lantern', 'epic', 30_000, 590],
      ['leviathan-tooth', 'Leviathan Tooth', 'epic', 50_000, 330],
      ['black-pearl', 'Black Pearl', 'legendary', 200_000, 69],
    ],
  },
  {
    id: 'clockwork-attic',
    name: 'Clockwork Attic',
    price: 3500,
    prizes: [
      ['loose-cog', 'Loose Cog', 'common', 300, 24_176],
      ['spring-coil', 'Spring Coil', 'common', 700, 19_100],
      ['cracked-dial', 'Cracked Dial', 'common', 1_300, 16_100],
      ['wind-up-mouse', 'Wind-up Mouse', 'common', 2_200, 13_900],
      ['music-box', 'Music Box', 'uncommon', 3_500, 12_200],
      ['brass-owl', 'Brass Owl', 'uncommon', 5_200, 7_900],
      ['pendulum-heart', 'Pendulum Heart', 'rare', 11_000, 3_400],
      ['tourbillon-watch', 'Tourbillon Watch', 'rare', 17_000, 2_100],
      ['automaton-hand', 'Automaton Hand', 'epic', 48_000, 670],
      ['orrery-of-nine', 'Orrery of Nine', 'epic', 80_000, 380],
      ['perpetual-engine', 'Perpetual Engine', 'legendary', 350_000, 74],
    ],
  },
  {
    id: 'aurora-vault',
    name: 'Aurora Vault',
    price: 6000,
    prizes: [
      ['frost-shard', 'Frost Shard', 'common', 500, 24_137],
      ['snow-lynx-charm', 'Snow Lynx Charm', 'common', 1_200, 19_000],
      ['glacier-ink', 'Glacier Ink', 'common', 2_200, 16_100],
      ['northern-scarf', 'Northern Scarf', 'common', 3_800, 13_800],
      ['ice-chess-set', 'Ice Chess Set', 'uncommon', 6_000, 12_200],
      ['polar-compass', 'Polar Compass', 'uncommon', 9_000, 7_800],
      ['comet-brooch', 'Comet Brooch', 'rare', 18_000, 3_600],
      ['aurora-prism', 'Aurora Prism', 'rare', 28_000, 2_200],
      ['winter-crown', 'Winter Crown', 'epic', 80_000, 690],
      ['star-sledge', 'Star Sledge', 'epic', 130_000, 400],
      ['heart-of-the-glacier', 'Heart of the Glacier', 'legendary', 600_000, 73],
    ],
  },
  {
    id: 'dragons-ledger',
    name: 'Dragon Ledger',
    price: 12000,
    prizes: [
      ['charred-coin', 'Charred Coin', 'common', 1_000, 24_847],
      ['ember-quill', 'Ember Quill', 'common', 2_400, 19_300],
      ['scale-fragment', 'Scale Fragment', 'common', 4_500, 16_000],
      ['ash-goblet', 'Ash Goblet', 'common', 7_500, 13_800],
      ['ruby-inkwell', 'Ruby Inkwell', 'uncommon', 12_000, 12_100],
      ['cinder-cloak', 'Cinder Cloak', 'uncommon', 18_000, 7_500],
      ['drake-egg', 'Drake Egg', 'rare', 36_000, 3_400],
      ['wyrm-signet', 'Wyrm Signet', 'rare', 56_000, 2_000],
      ['molten-chalice', 'Molten Chalice', 'epic', 160_000, 590],
      ['hoard-key', 'Hoard Key', 'epic', 260_000, 340],
      ['crown-of-embers', 'Crown of Embers', 'legendary', 900_000, 79],
      ['ancient-dragon-egg', 'Ancient Dragon Egg', 'legendary', 1_500_000, 44],
    ],
  },
  {
    id: 'meteor-reserve',
    name: 'Meteor Reserve',
    price: 25000,
    prizes: [
      ['stardust-vial', 'Stardust Vial', 'common', 2_500, 24_304],
      ['moon-pebble', 'Moon Pebble', 'common', 5_500, 19_300],
      ['orbit-patch', 'Orbit Patch', 'common', 9_500, 16_400],
      ['cosmic-marble', 'Cosmic Marble', 'common', 16_000, 14_000],
      ['satellite-badge', 'Satellite Badge', 'uncommon', 25_000, 12_300],
      ['lunar-rover-model', 'Lunar Rover Model', 'uncommon', 38_000, 7_400],
      ['solar-sail', 'Solar Sail', 'rare', 75_000, 3_300],
      ['nebula-globe', 'Nebula Globe', 'rare', 115_000, 1_990],
      ['pulsar-clock', 'Pulsar Clock', 'epic', 330_000, 560],
      ['gravity-lens', 'Gravity Lens', 'epic', 520_000, 330],
      ['meteor-throne', 'Meteor Throne', 'legendary', 1_800_000, 75],
      ['pocket-universe', 'Pocket Universe', 'legendary', 3_000_000, 41],
    ],
  },
]

export const seedBoxes: readonly Omit<Box, 'version'>[] = boxRows.map(({ id, name, price, prizes }) => ({
  id,
  name,
  asset: PLAY_CREDIT,
  price: toAmount(BigInt(price)),
  prizes: prizes.map(([sku, prize, rarity, value, weight]) => ({
    sku,
    name: prize,
    rarity,
    value: toAmount(BigInt(value)),
    weight,
  })),
}))

/** Of these there are only so many, by sku: whoever comes when they are gone gets what they are worth. */
export const seedLimits: Readonly<Record<string, bigint>> = { 'pocket-universe': 60n }

type Parts = Readonly<{ pool: Pool; ledger: Ledger; clock: () => number; tenant?: TenantId }>

/**
 * Limits and publishes what stands above where it is not there, and gives the house its bankroll. Any number of times, on any node:
 * what the staff has made of a box since stays.
 */
export async function seedCatalog({ pool, ledger, clock, tenant = MAIN_TENANT }: Parts): Promise<void> {
  await ensureBankroll(ledger, tenant, clock)
  for (const [sku, amount] of Object.entries(seedLimits))
    await limitItem({ pool, ledger, tenant, clock }, itemAsset(sku, PLAY_CREDIT), amount)
  for (const box of seedBoxes) {
    const known = await findVersion(pool, tenant, box.id)
    if (known && (known.published.box.version > 1 || known.announcement.announced)) continue
    await publishBox({ pool, ledger, tenant, clock }, box)
  }
}
