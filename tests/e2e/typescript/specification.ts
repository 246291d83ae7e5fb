// The customer's interfaces, with the changes that were agreed: host and family unions are open,
// numbers that may be unknown are null, byUseCase holds what occurred, and a benchmark's figure
// says how it was measured. Optional fields without a value are left out, so none of them is null.

export type Open<Known extends string> = Known | (string & {});

export type LlamaHostingProvider = Open<'meta_ai' | 'together' | 'fireworks' | 'groq' | 'self_hosted'>;

export type LlamaModelFamily = Open<'llama-3.1' | 'llama-3.2' | 'llama-3.3'>;

export type LlamaCapability = 'text' | 'vision' | 'code' | 'multilingual' | 'function_calling';

export type GenerationUseCase =
  | 'social_post'
  | 'ad_copy'
  | 'email_copy'
  | 'whatsapp_message'
  | 'image_analysis'
  | 'comment_moderation'
  | 'hashtag_generation'
  | 'content_calendar'
  | 'brand_voice';

export interface LlamaModel {
  id: string;
  name: string;
  family: LlamaModelFamily;
  parameterCount: string;
  contextWindow: number;
  capabilities: LlamaCapability[];
  supportedProviders: LlamaHostingProvider[];
  costPer1MInput: number | null;
  costPer1MOutput: number | null;
  maxOutputTokens: number;
  releaseDate: string;
  recommended: boolean;
  description: string;
  benchmarks: ModelBenchmark;
}

export interface Score {
  value: number;
}

export interface ModelBenchmark {
  mmlu: Score | null;
  humanEval: Score | null;
  mbpp: Score | null;
  hellaSwag: Score | null;
  arc: Score | null;
  marketingScore?: number;
}

export interface MetaAIConfig {
  id: string;
  clientId: string;
  organizationId: string;
  enabled: boolean;
  hostingProvider: LlamaHostingProvider;
  apiKey: string;
  apiEndpoint: string;
  selectedModelId: string;
  fallbackModelId?: string;
  parameters: LlamaParameters;
  useCases: GenerationUseCaseConfig[];
  quotaMonthly: number | null;
  createdAt: string;
  updatedAt: string;
}

export interface LlamaParameters {
  temperature: number;
  topP: number;
  maxTokens: number;
  frequencyPenalty: number;
  presencePenalty: number;
  systemPrompt: string;
  responseFormat?: 'text' | 'json';
}

export interface GenerationUseCaseConfig {
  useCase: GenerationUseCase;
  enabled: boolean;
  customPrompt?: string;
  modelOverride?: string;
  maxTokensOverride?: number;
}

export interface MetaAIGenerationResponse {
  id: string;
  content: string;
  variations?: string[];
  tokensUsed: TokenUsage;
  model: string;
  provider: LlamaHostingProvider;
  latencyMs: number;
  metadata: GenerationMetadata;
}

export interface TokenUsage {
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  estimatedCostUsd: number | null;
}

export interface GenerationMetadata {
  finishReason: 'stop' | 'length' | 'error';
  suggestedHashtags?: string[];
  suggestedEmojis?: string[];
  contentWarnings?: string[];
  platformCompliance?: PlatformCompliance;
}

export interface PlatformCompliance {
  platform: string;
  characterLimit: number;
  currentLength: number;
  isCompliant: boolean;
  warnings: string[];
}

export interface Share {
  count: number;
  tokens: number;
  cost: number;
}

export interface MetaAIUsageSummary {
  clientId: string;
  period: string;
  totalRequests: number;
  totalTokens: number;
  totalCostUsd: number | null;
  quotaUsedPercent: number | null;
  byUseCase: Partial<Record<GenerationUseCase, Share>>;
  byModel: Record<string, Share>;
  dailyTrend: { date: string; requests: number; tokens: number; cost: number }[];
}
