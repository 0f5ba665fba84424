// The end of a log as SQL, for readers and writers of `logs`.

/**
 * The number of the last message of a row of `logs`. Appending does not update it there, which would be a second page
 * in every commit: the last segment has it, and it is written to the row before segments are deleted.
 */
export const lastOfLog = `max(logs.last, coalesce((
  SELECT segments.first + segments.count - 1 FROM segments
  WHERE segments.log = logs.log ORDER BY segments.first DESC LIMIT 1), 0))`;
