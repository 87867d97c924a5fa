export interface PresenceWatch {
  /** The states that were seen, each once, in the order of their first sight. */
  stop(): Promise<string[]>;
}

/** Polls what instances show of a robot, again and again, one request after the other. */
export const watchStates = (urls: readonly string[], robotId: string): PresenceWatch => {
  const end = new AbortController();
  const seen = new Set<string>();
  const watch = async (url: string): Promise<void> => {
    while (!end.signal.aborted) {
      const response = await fetch(`${url}/robots/${robotId}`).catch(() => undefined);
      // An instance that has stopped shows nothing.
      if (response === undefined) return;
      const { state } = (await response.json()) as { state?: string };
      seen.add(state ?? `status ${response.status}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const watching = Promise.all(urls.map((url) => watch(url)));
  return {
    async stop() {
      end.abort();
      await watching;
      return [...seen];
    },
  };
};
