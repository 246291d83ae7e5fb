// What the library's answers have beside the customer's fields. Each interface extends the
// customer's, so that a program written for theirs reads ours.

import type * as spec from './specification.js';

export interface HostOffer {
  host: spec.LlamaHostingProvider;
  hostModelId: string;
  status: string;
  retiredOn: string | null;
  costPer1MInput: number | null;
  costPer1MOutput: number | null;
  priceAsOf: string | null;
}

export interface Score extends spec.Score {
  shots: number;
  variant: string;
  source: string;
}

export interface ModelBenchmark extends spec.ModelBenchmark {
  mmlu: Score | null;
  humanEval: Score | null;
  mbpp: Score | null;
  hellaSwag: Score | null;
  arc: Score | null;
  mmluSpanish: Score | null;
  ifEval: Score | null;
  mmmu: Score | null;
  chartQa: Score | null;
  docVqa: Score | null;
}

export interface LlamaModel extends spec.LlamaModel {
  languages: string[];
  imageLanguages: string[];
  systemWithImage: boolean;
  knowledgeCutoff: string;
  recommendedUseCases: string[];
  licence: string;
  attribution: string;
  euRestricted: boolean;
  asOf: string;
  source: string;
  costBand: 'low' | 'medium' | 'high' | 'unknown';
  benchmarks: ModelBenchmark;
  hosts: HostOffer[];
}

export interface FallbackHost {
  hostingProvider: spec.LlamaHostingProvider;
  apiEndpoint: string;
  apiKey: string;
  apiKeyMasked: string;
  modelId?: string;
}

export interface MetaAIConfig extends spec.MetaAIConfig {
  apiKeyMasked: string;
  quotaUnit: 'usd' | 'tokens' | 'generations';
  quotaAction: 'block' | 'downgrade' | 'notify';
  quotaAlerts: number[];
  fallbackHosts: FallbackHost[];
  cloudFallback: boolean;
  deadlineSeconds?: number;
  cacheHours: number;
  moderation: {
    automatic: boolean;
    minConfidence: number;
    hideConfidence: number;
    crisisPerHour: number;
    suggestDelete: boolean;
  };
  advanced: {
    quantization?: string;
    contextWindow?: number;
    visionMode?: 'auto' | 'quick' | 'deep';
    fineTuneId?: string;
  };
  revision: number;
  warnings?: string[];
}

export interface Finding {
  ruleId: string;
  kind: 'hard' | 'policy' | 'advice' | 'fold';
  measure: string;
  measured: number;
  limit: number;
  span: [number, number];
  message: string;
  affectsStatus: boolean;
}

export interface PlatformCompliance extends spec.PlatformCompliance {
  surface: string;
  field: string;
  measure: string;
  status: 'ok' | 'warning' | 'exceeds';
  findings: Finding[];
}

export interface GenerationMetadata extends spec.GenerationMetadata {
  platformCompliance?: PlatformCompliance;
  promptVersion: string;
  servedBy: { host: string; model: string };
  downgradedFrom?: string;
  cached: boolean;
  publishable: { verdict: 'yes' | 'review' | 'no'; reasons: string[] };
  requiresHumanReview: boolean;
}

export interface MetaAIGenerationResponse extends spec.MetaAIGenerationResponse {
  useCase: spec.GenerationUseCase;
  result: { content: string; hashtags: string[]; emojis: string[] };
  partial: boolean;
  metadata: GenerationMetadata;
}

export interface MetaAIUsageSummary extends spec.MetaAIUsageSummary {
  unpricedRequests: number;
  byProvider: Record<string, spec.Share>;
  validations: spec.Share;
  previous: {
    period: string;
    days: number;
    whole: boolean;
    totalRequests: number;
    totalTokens: number;
    totalCostUsd: number;
  } | null;
  quotaLevel: 'green' | 'yellow' | 'red';
  projection: {
    elapsedDays: number;
    days: number;
    totalRequests: number;
    totalTokens: number;
    totalCostUsd: number;
    quotaUsedPercent: number | null;
    reliable: boolean;
  } | null;
}
