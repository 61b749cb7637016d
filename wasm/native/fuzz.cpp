// `fuzz CORPUS BUFFERS`: decodes so many damaged copies of the files of a folder, built with
// sanitizers. The files are named CODEC-BYTES-NUMBER, where BYTES is how many they decode to.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "../common/abi.h"
#include "decoders.h"
#include "round_trips.h"
#include "volumes.h"

namespace floodlight {
namespace {

constexpr uint32_t kSeed = 20000101;
constexpr int32_t kBuffersPerRound = 500;

struct Sample {
  std::string codec;
  int32_t decoded_bytes;
  Bytes encoded;
};

Sample read_sample(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  const size_t first = name.find('-');
  expect(first != std::string::npos, name + " is not named CODEC-BYTES-NUMBER");
  std::ifstream file(path, std::ios::binary);
  return {name.substr(0, first), atoi(name.c_str() + first + 1),
          Bytes(std::istreambuf_iterator<char>(file), {})};
}

std::vector<Sample> read_corpus(const char* folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Sample> samples;
  for (const auto& path : paths) samples.push_back(read_sample(path));
  expect(!samples.empty(), "The corpus is empty");
  return samples;
}

void check_sound(const Sample& sample) {
  const Decoded decoded = decode(sample.codec, sample.encoded, sample.decoded_bytes);
  expect(decoded.result == sample.decoded_bytes, sample.codec + " does not decode a sound sample");
}

void fuzz(const std::vector<Sample>& samples, Random& random, int32_t buffers) {
  for (int32_t buffer = 0; buffer < buffers; buffer++) {
    const Sample& sample = random.pick(samples);
    const Bytes mutated = mutate(sample.encoded, random.pick(samples).encoded, random);
    const int32_t exact = sample.decoded_bytes, less = int32_t(random.below(size_t(exact)));
    const int32_t capacity = random.pick<int32_t>({exact, exact, exact, less, 2 * exact});
    const int32_t result = decode(sample.codec, mutated, capacity).result;
    const int32_t most = sample.codec == "crc32c" ? int32_t(mutated.size()) : capacity;
    if (result < kArgument || result > most) {
      fail(sample.codec + ", buffer " + std::to_string(buffer) + ": " + std::to_string(result));
    }
  }
}

}  // namespace
}  // namespace floodlight

int main(int count, char** arguments) {
  using namespace floodlight;
  expect(count == 3, "usage: fuzz CORPUS BUFFERS");
  const std::vector<Sample> samples = read_corpus(arguments[1]);
  const int32_t buffers = atoi(arguments[2]);
  Random random(kSeed);
  for (const Sample& sample : samples) check_sound(sample);
  const int32_t rounds = buffers / kBuffersPerRound;
  filter_volumes(random, rounds);
  segment_volumes(random, rounds);
  network_volumes(random, rounds);
  round_trips(random, rounds);
  fuzz(samples, random, buffers);
  printf("%d damaged buffers from %zu samples, no finding\n", buffers, samples.size());
}
