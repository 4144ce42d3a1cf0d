/** The contract number that this code speaks; a test keeps it equal to `CONTRACT`, whose module would bring zod along. */
export const EXPECTED_CONTRACT = 1;
