import { runPullerWorker } from './worker.ts';

runPullerWorker();
