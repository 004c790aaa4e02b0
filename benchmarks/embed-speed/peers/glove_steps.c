// The steps of Stanford's GloVe as one program each. The source comes inside the PyPI package crucyble, which turned
// each main() into a function; STEP_… says which file stands below. The numbers are worked out by the original code;
// `train` starts its threads and prints the number of records and the seconds.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(STEP_VOCABULARY)
#include "vocab_count.c"
// corpus, vocabulary, minimum count
int main(int argc, char **argv) {
  return vocab_count(argv[1], argv[2], 0, 0, atoll(argv[3]), "/dev/null");
}
#elif defined(STEP_COUNT)
// crucyble closes its log too early and then prints into whatever file took its place, the records among them.
#define fclose(file) ((file) == logfile ? 0 : fclose(file))
#include "cooccur.c"
// corpus, vocabulary, records, window, prefix of temporary files
int main(int argc, char **argv) {
  return cooccur(argv[1], argv[2], argv[3], 0, 1, atoi(argv[4]), argv[5], 2.0, "/dev/null");
}
#elif defined(STEP_SHUFFLE)
#include "shuffle.c"
// records, shuffled records, prefix of temporary files
int main(int argc, char **argv) {
  return shuffle(argv[1], argv[2], argv[3], 0, 1.0);
}
#else
#include "glove.c"
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}
// shuffled records, vocabulary, output prefix, dimensions, iterations, threads, x_max
int main(int argc, char **argv) {
  input_file = argv[1];
  vocab_file = argv[2];
  save_W_file = argv[3];
  vector_size = atoi(argv[4]);
  num_iter = atoi(argv[5]);
  num_threads = atoi(argv[6]);
  x_max = atof(argv[7]);
  use_binary = 0;
  use_unk_vec = 0;
  verbose = 0;
  FILE *file = fopen(vocab_file, "r");
  if (file == NULL) return 1;
  for (int c; (c = getc(file)) != EOF;) vocab_size += c == '\n';
  fclose(file);
  file = fopen(input_file, "rb");
  if (file == NULL) return 1;
  fseeko(file, 0, SEEK_END);
  num_lines = ftello(file) / sizeof(CREC);
  fclose(file);
  initialize_parameters();
  cost = malloc(sizeof(real) * num_threads);
  lines_per_thread = malloc(sizeof(long long) * num_threads);
  pthread_t *threads = malloc(num_threads * sizeof(pthread_t));
  double begin = now();
  for (int iteration = 0; iteration < num_iter; iteration++) {
    for (long long a = 0; a < num_threads; a++) {
      lines_per_thread[a] = num_lines / num_threads + (a == num_threads - 1 ? num_lines % num_threads : 0);
      pthread_create(&threads[a], NULL, glove_thread, (void *)a);
    }
    double total = 0;
    for (int a = 0; a < num_threads; a++) pthread_join(threads[a], NULL);
    for (int a = 0; a < num_threads; a++) total += cost[a];
    fprintf(stderr, "iteration %d cost %lf\n", iteration + 1, total / num_lines);
  }
  printf("%lld %lf\n", num_lines, now() - begin);
  return save_params();
}
#endif
