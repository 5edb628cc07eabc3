// An admin console without a server: its store is kept in the browser.
import { mount } from '../../pkg/dist/console.js';
import { openInWorker } from '../../pkg/dist/worker.js';

mount(document.querySelector('#console'), await openInWorker({ persist: 'idps.redb' }));
