// The service worker of the tests.
import { open } from '/dist/index.js';
import { answerFetch } from '/dist/service-worker.js';

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
answerFetch(open({ seed: 1 }));
