export { createFileBuffer, type FileBufferOptions } from './file-buffer.ts';
export type { SyncPolicy } from './journal-file.ts';
