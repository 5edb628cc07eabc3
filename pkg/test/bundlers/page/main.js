import { open } from 'idpstore';
import { openInWorker } from 'idpstore/worker';
import { report } from './report.js';

report(open, openInWorker);
