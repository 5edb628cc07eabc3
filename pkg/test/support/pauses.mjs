/** Measures for how long this thread stops at most; `longest` returns that since its last call. */
export function watchPauses() {
  let longest = 0;
  let last = performance.now();
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    port2.postMessage(null);
  };
  port2.postMessage(null);
  return {
    async longest() {
      await new Promise((resolve) => setTimeout(resolve));
      const told = longest;
      longest = 0;
      return told;
    },
    close: () => port1.close(),
  };
}
