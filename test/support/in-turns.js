/** Runs `work` over all items, `width` at a time; results in the order of the items. */
export const inTurns = async (items, width, work) => {
    const results = [];
    let next = 0;
    const worker = async () => {
        while (next < items.length) {
            const index = next++;
            results[index] = await work(items[index]);
        }
    };
    await Promise.all(Array.from({ length: width }, worker));
    return results;
};
