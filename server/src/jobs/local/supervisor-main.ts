import { runLocalJob } from './supervisor.ts';

process.exit(await runLocalJob(process.argv[2] ?? ''));
