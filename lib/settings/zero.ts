/** DeepSpeed ZeRO (arXiv 1910.02054). Given: DeepSpeed launches and shards. */
import * as z from 'zod';
import { setting } from './table.ts';

const device = z.enum(['cpu']);

export const zero = z.strictObject({
  stage: setting(z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]), {
    class: 'placement',
    doc: 'What is sharded: 1 optimizer states, 2 and gradients, 3 and parameters.',
    place: 'deepspeed.json#/zero_optimization/stage',
  }),
  offload: setting(z.strictObject({ optimizer: device.optional(), parameters: device.optional() }).optional(), {
    class: 'placement',
    doc: 'Keep optimizer states, or parameters (stage 3), in host memory.',
    place: 'deepspeed.json#/zero_optimization/offload_optimizer/device',
    via: 'parameters fill offload_param',
  }),
  overlap: setting(z.boolean().optional(), {
    class: 'operational',
    doc: 'Overlap communication with the backward pass; default DeepSpeed’s: stage 3 only.',
    place: 'deepspeed.json#/zero_optimization/overlap_comm',
  }),
});

export type Zero = z.output<typeof zero>;
