/* Puts Intel MKL, inside PyTorch's x86-64 wheels, on its AVX-512 code path on AMD processors too.
 *
 * MKL asks its own function mkl_serv_intel_cpu_true whether it runs on a processor by Intel, and takes a slower path
 * when it does not, whatever instructions the processor has. This library, loaded before it, answers yes. Nothing is
 * changed on disk, no other function is touched, and on an Intel processor it changes nothing. It is here so that
 * elman is compared with the best that PyTorch can do on the machine and not only with what it does by default.
 * Results may differ in the last bits, as between any two BLAS paths.
 *
 *   cc -shared -fPIC -O2 -o libmkl_fast_path.so mkl_fast_path.c
 *   LD_PRELOAD=./libmkl_fast_path.so python torch_lm.py ...       (Linux)
 *
 * The file's name must keep "mkl_fast_path": torch_lm.py reports by it whether the library was loaded.
 */
int mkl_serv_intel_cpu_true(void) { return 1; }
