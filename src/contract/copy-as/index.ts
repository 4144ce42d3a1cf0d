export * from './gpus.ts';
export * from './image.ts';
export * from './job.ts';
export * from './pull.ts';
export * from './search.ts';
export * from './self-check.ts';
export * from './sign-in.ts';
