// ELMo: bidirectional language models over characters, their training, their files, and the vectors of sentences.
