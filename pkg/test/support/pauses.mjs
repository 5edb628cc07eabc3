/**
 * Measures how long this thread stops while a call runs. `during(call)` returns the longest `pause` and the time that
 * the call `took`, both in milliseconds.
 */
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
  const takeLongest = async () => {
    await new Promise((resolve) => setTimeout(resolve));
    const told = longest;
    longest = 0;
    return told;
  };
  return {
    async during(call) {
      await takeLongest();
      const start = performance.now();
      await call();
      const took = performance.now() - start;
      return { pause: await takeLongest(), took };
    },
    close: () => port1.close(),
  };
}

/**
 * Whether the page could go on during a call. A call that blocks the page does so for all of its time; on a busy
 * machine, other programs stop the page for a part of it.
 */
export const isFree = ({ pause, took }) => pause < Math.max(50, took / 2);
