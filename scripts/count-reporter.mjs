// A node:test reporter that writes one line, `PASSED FAILED SKIPPED`, for scripts/test to add up.
export default async function* countReporter(source) {
  for await (const event of source) {
    if (event.type === 'test:summary' && event.data.file === undefined) {
      const { passed, failed, cancelled, skipped, todo } = event.data.counts;
      yield `${passed} ${failed + cancelled} ${skipped + todo}\n`;
    }
  }
}
