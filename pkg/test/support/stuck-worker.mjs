// The package's worker, which can be stopped for some milliseconds from outside: it then answers nothing.
import '/dist/worker-main.js';

new BroadcastChannel('stuck').onmessage = ({ data }) => {
  const end = Date.now() + data;
  while (Date.now() < end);
};
