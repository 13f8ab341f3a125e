"""Imported where aiogram is, and before it: loads it as the program does, which saves each process two seconds."""

from bot import loading

loading.aiogram()
