import { channel } from 'node:diagnostics_channel';

/** Bytes of a file that were written to disk, as they come. Nobody pays for telling while nobody listens. */
export const pulledBytes = channel('panosc:pulled-bytes');

/** How a request of a puller's thread ended: an HTTP status or a word. Other requests are told by Node itself. */
export const pullerAnswers = channel('panosc:puller-answers');
