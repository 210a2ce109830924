import { partnerTopics } from './topics.ts'

type Target = Readonly<{ partner: string; prefix: string; brokers: readonly string[] }>

/**
 * The commands of Kafka's own tools that let a partner's user read its two topics, in one consumer group, and nothing else.
 * All names are whole: a prefix of one partner's may be that of another's. The first makes the user, where the cluster does so.
 */
export function aclCommands({ partner, prefix, brokers }: Target): readonly string[] {
  const at = `--bootstrap-server ${brokers.join(',') || 'BROKER:9092'} --command-config admin.properties`
  const { events, notifications } = partnerTopics(partner)
  const user = `--allow-principal User:partner-${partner}`
  const topics = [events, notifications].map(({ name }) => `--topic ${prefix}${name}`).join(' ')
  return [
    `kafka-configs.sh ${at} --alter --entity-type users --entity-name partner-${partner} --add-config 'SCRAM-SHA-512=[password=CHOOSE-ONE]'`,
    `kafka-acls.sh ${at} --add ${user} --operation Read --operation Describe ${topics}`,
    `kafka-acls.sh ${at} --add ${user} --operation Read --operation Describe --group partner-${partner}`,
  ]
}
