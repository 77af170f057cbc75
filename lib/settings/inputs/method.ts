/** What users write. Made from the settings table by `npm run docs`: change that, not this. */
/** Settings of `lora()`. */
export interface LoraInput {
  /** LoRA rank r. Value: whole number above 0. Default: `16`. Fills `train.json#/peft/r`. Change: semantic. */
  readonly rank?: number | undefined;
  /**
   * LoRA alpha; the update is scaled by alpha / rank. Value: number above 0. Default: `32`. Fills
   * `train.json#/peft/lora_alpha`. Change: semantic.
   */
  readonly alpha?: number | undefined;
  /**
   * Dropout before the adapter. Value: number from 0 below 1. Default: `0.05`. Fills `train.json#/peft/lora_dropout`.
   * Change: semantic.
   */
  readonly dropout?: number | undefined;
  /**
   * Modules that get an adapter, by the end of their names, or all linear ones but the output head. Default:
   * `all-linear`. Fills `train.json#/peft/target_modules`. Change: semantic.
   */
  readonly targets?: 'all-linear' | readonly string[] | undefined;
  /**
   * Modules trained in full and saved with the adapter (embeddings, lm_head). Default: `[]`. Fills
   * `train.json#/peft/modules_to_save`. Change: semantic.
   */
  readonly modulesToSave?: readonly string[] | undefined;
  /** Which biases are trained. Default: `none`. Fills `train.json#/peft/bias`. Change: semantic. */
  readonly bias?: 'none' | 'all' | 'lora_only' | undefined;
  /**
   * Scale by alpha / sqrt(rank) instead (arXiv 2312.03732). Default: `false`. Fills `train.json#/peft/use_rslora`.
   * Change: semantic.
   */
  readonly rslora?: boolean | undefined;
  /**
   * Weight-decomposed LoRA (arXiv 2402.09353). Default: `false`. Fills `train.json#/peft/use_dora`. Change: semantic.
   */
  readonly dora?: boolean | undefined;
}

/** Settings of `qlora()`. */
export interface QloraInput extends LoraInput {
  /** Bits of the frozen weights. Default: `4`. Fills `train.json#/quantization/load_in_4bit`. Change: semantic. */
  readonly bits?: 4 | 8 | undefined;
  /**
   * 4-bit data type (arXiv 2305.14314). Default: `nf4`. Fills `train.json#/quantization/bnb_4bit_quant_type`. Change:
   * semantic.
   */
  readonly type?: 'nf4' | 'fp4' | undefined;
  /**
   * Quantise the quantisation constants too: 0.516 instead of 0.5625 bytes a weight. Default: `true`. Fills
   * `train.json#/quantization/bnb_4bit_use_double_quant`. Change: semantic.
   */
  readonly doubleQuantization?: boolean | undefined;
  /**
   * Type that the weights are unpacked to for arithmetic. Default: `bf16`. Fills
   * `train.json#/quantization/bnb_4bit_compute_dtype`. Change: semantic.
   */
  readonly compute?: 'bf16' | 'fp16' | 'fp32' | undefined;
  /**
   * Type that packed weights are stored as; ZeRO-3 and FSDP can shard bf16, not uint8. Default: `bf16`. Fills
   * `train.json#/quantization/bnb_4bit_quant_storage`. Change: placement.
   */
  readonly storage?: 'bf16' | 'fp16' | 'fp32' | 'uint8' | undefined;
}

/** DeepSpeed ZeRO (arXiv 1910.02054): what is sharded over the ranks. */
export interface ZeroInput {
  /**
   * What is sharded: 1 optimizer states, 2 and gradients, 3 and parameters. Fills
   * `deepspeed.json#/zero_optimization/stage`. Change: placement.
   */
  readonly stage: 0 | 1 | 2 | 3;
  /**
   * Keep optimizer states, or parameters (stage 3), in host memory. Fills
   * `deepspeed.json#/zero_optimization/offload_optimizer/device`. Change: placement.
   */
  readonly offload?: { readonly optimizer?: 'cpu' | undefined; readonly parameters?: 'cpu' | undefined; } | undefined;
  /**
   * Overlap communication with the backward pass; default DeepSpeed’s: stage 3 only. Fills
   * `deepspeed.json#/zero_optimization/overlap_comm`. Change: operational.
   */
  readonly overlap?: boolean | undefined;
}
