import { streamOf, subjectFilter, type EventType } from '@fleet/event-envelope';

import type { AnswerInbox } from './answer-inbox.ts';
import { parseStored } from './parse-stored.ts';
import type { Tailed } from './subscription.ts';
import { toTailed } from './to-tailed.ts';

/** One stored event of a type about one entity, as the stream's leader knows it. */
export const lookUp = async (
  answers: Pick<AnswerInbox, 'ask'>,
  type: EventType,
  entity: string,
  from: number | 'newest',
  signal?: AbortSignal,
): Promise<Tailed | undefined> => {
  const stream = streamOf(type);
  const subject = subjectFilter(type, entity);
  const query = from === 'newest' ? { last_by_subj: subject } : { seq: from, next_by_subj: subject };
  const question = { subject: `$JS.API.STREAM.MSG.GET.${stream}`, body: JSON.stringify(query) };
  const stored = parseStored(await answers.ask(question, signal));
  return stored && toTailed({ ...stored, stream }, stored.headers);
};
