/**
 * Loaded into a process that is measured, before its own code: collects garbage when it is asked to, and answers with the
 * bytes that are left of the heap and of what the heap holds outside itself. V8's own room is not among them.
 */
process.on('message', () => {
  if (globalThis.gc === undefined) throw new Error('started without --expose-gc');
  // What one collection only finalizes goes with the next.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
});
// Being asked is no reason to stay alive.
process.channel?.unref();
