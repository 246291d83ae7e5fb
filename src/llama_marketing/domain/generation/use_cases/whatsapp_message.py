"""A WhatsApp message: a post by its parts, with a prompt and limits of its own."""

from __future__ import annotations

import attrs

from llama_marketing.domain.generation.use_cases.social_post import SOCIAL_POST
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform

WHATSAPP_MESSAGE = attrs.evolve(
    SOCIAL_POST,
    use_case=GenerationUseCase.WHATSAPP_MESSAGE,
    default_platform=Platform.WHATSAPP,
    platforms=(Platform.WHATSAPP,),
)
"""Judged as a free message, or as what the request's ``surface`` names, such as a template.

The text goes out as the model wrote it, as every copy that fits does; Markdown in it, which
WhatsApp shows with its marks, is a finding.
"""
