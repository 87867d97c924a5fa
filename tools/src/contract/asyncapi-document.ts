import {
  catalogue,
  charterVersion,
  deliveryOf,
  entityIdPattern,
  eventTypes,
  readerSchemaOf,
  streamOf,
  streamSubjects,
  type EventType,
} from '@fleet/event-envelope';

const services = { metrics_service: 'metrics-worker', telemetry_service: 'telemetry-gateway' } as const;

const channelOf = (type: EventType) => {
  const { entity, description, source } = catalogue[type];
  return {
    address: `charter.v1.${type}.{${entity}}`,
    description,
    messages: { [type]: { $ref: `#/components/messages/${type}` } },
    parameters: { [entity]: { $ref: `#/components/parameters/${entity}` } },
    'x-producer': services[source],
    // JetStream has no binding in AsyncAPI 3.
    'x-jetstream': { stream: streamOf(type), delivery: deliveryOf(type), deduplicatedBy: 'Nats-Msg-Id' },
  };
};

const messageOf = (type: EventType) => {
  const payload = readerSchemaOf(type).toJSONSchema({ io: 'input', target: 'draft-07' });
  // The format says it.
  delete payload.$schema;
  return {
    name: type,
    title: type,
    summary: catalogue[type].description,
    contentType: 'application/json',
    headers: {
      type: 'object',
      properties: {
        'Nats-Msg-Id': { type: 'string', description: "The event's id." },
        traceparent: { type: 'string', description: 'W3C trace context of the work that made the event.' },
      },
    },
    payload: { schemaFormat: 'application/schema+json;version=draft-07', schema: payload },
  };
};

const byType = <T>(make: (type: EventType) => T) =>
  Object.fromEntries(eventTypes.map((type) => [type, make(type)]));

const entities = {
  robot_id: 'The robot the event is about.',
  job_id: 'The job the event is about.',
};

/** The AsyncAPI 3.0 document of every event of the catalogue: channels are subjects. */
export const asyncapiDocument = (): object => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Fleet Telemetry: Charter events',
    version: charterVersion,
    description: 'What robots report and what becomes of missions, as events on NATS JetStream.',
    license: { name: 'UNLICENSED' },
  },
  defaultContentType: 'application/json',
  servers: { jetstream: { host: '127.0.0.1:4222', protocol: 'nats', description: 'NATS with JetStream' } },
  channels: byType(channelOf),
  operations: byType((type) => ({
    action: 'send',
    channel: { $ref: `#/channels/${type}` },
    summary: catalogue[type].description,
  })),
  components: {
    messages: byType(messageOf),
    parameters: Object.fromEntries(
      Object.entries(entities).map(([name, meaning]) => [
        name,
        { description: `${meaning} Of the form ${entityIdPattern.source}` },
      ]),
    ),
  },
  'x-jetstream-streams': streamSubjects,
});
