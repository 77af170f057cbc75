/** How much a test of faults does: a part in `npm test`, everything in `npm run test:faults`. */
export const thorough = process.env.SFT_FAULTS === 'all';

export const effort = (part: number, all: number): number => (thorough ? all : part);
