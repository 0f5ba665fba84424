// Every cap and every wait of sealed groups on a client, with what happens at it.

const day = 24 * 3_600_000;

/** New keys after so many own texts or so long: whoever had copied the old ones reads nothing from then on. */
export const rotateAfterTexts = 100;
export const rotateAfterMs = 7 * day;

/** Whoever is out is removed from the tree by whoever wants to write, and else by one of those who wait a random part of this. */
export const removeWithinMs = 3_000;

/**
 * Removals leave gaps in the tree, which make every commit larger: from so many ciphertexts on (1.2 KB each, a commit has 45
 * KB, and 250 members without gaps take eight) whoever is below a gap renews their keys, which closes it, after a random part of this time.
 */
export const wideGaps = 14;
export const fillWithinMs = 60_000;

/** After an entry or a commit that failed for another reason than being late, the next try is so much later, doubled each time. */
export const retryMs = 2_000;
export const longestRetryMs = 5 * 60_000;

/** A message whose sender stood on an earlier commit than the last so many is not read. */
export const keptEpochs = 3;

/**
 * Where so many texts are refused, one after the other, though they stand on the last commit, the device enters anew. A
 * line that puts somebody out may be on its way for the first of them.
 */
export const refusalsUntilEntry = 3;
