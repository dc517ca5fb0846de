package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.io.Csv;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.train.callback.CSVLogger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FD-49: a log that is appended to is somebody's, and stays as it is. */
class CSVLoggerTest {
  private static final String HEADER = "epoch,accuracy,loss\n";

  @TempDir private Path folder;

  /** Tells a logger of epochs, the first one with this number, of accuracy 0.25 and loss 3. */
  private static void log(CSVLogger logger, boolean validated, int first, int epochs) {
    Training training = training(validated);
    logger.onTrainBegin(training);
    Evaluation values = new Evaluation(3, 0.25);
    for (int epoch = first; epoch < first + epochs; epoch++) {
      logger.onEpochEnd(training, new EpochResult(epoch, 1, 1, values, validated ? values : null));
    }
  }

  private static Training training(boolean validated) {
    FitOptions options = new FitOptions(1, 4);
    return Clouds.trainer(Clouds.model(1), new Sgd())
        .training(Clouds.of(1, 4), validated ? options.withValidation(Clouds.of(1, 4)) : options);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("log.csv"), text);
  }

  private static CSVLogger appending(Path file) {
    return new CSVLogger(file, ",", true);
  }

  /** What is there, as it stands in the file, and what two epochs add. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epoch,accuracy,loss~1,0.5,0.6 | ~2,0.25,3.0~3,0.25,3.0~",
        "epoch,accuracy,loss~1,0.5,0.6~ | 2,0.25,3.0~3,0.25,3.0~",
        "epoch,accuracy,loss | ~1,0.25,3.0~2,0.25,3.0~",
        "epoch,accuracy,loss~ | 1,0.25,3.0~2,0.25,3.0~",
        "epoch,accuracy,loss~7,0.5,0.6~9,0.5,0.6~~ | 10,0.25,3.0~11,0.25,3.0~",
        "epoch,accuracy,loss\\~4,0.5,0.6 | \\~5,0.25,3.0\\~6,0.25,3.0\\~",
        "^epoch,accuracy,loss~1,0.5,0.6 | ~2,0.25,3.0~3,0.25,3.0~",
        "epoch,accuracy,loss~3,0.5,cut | ~4,0.25,3.0~5,0.25,3.0~"
      })
  void everyByteStaysAndCountingGoesOn(String there, String added) throws IOException {
    String before = text(there);
    Path file = file(before);
    log(appending(file), false, 1, 2);
    assertEquals(before + text(added), Files.readString(file));
  }

  private static String text(String spelled) {
    return spelled.replace("\\~", "\r\n").replace('~', '\n').replace('^', '\ufeff');
  }

  @Test
  void theReportedLogCanBeReadAfterwards() throws IOException {
    Path file = file(HEADER + "1,0.5,0.6");
    log(appending(file), false, 1, 2);
    assertEquals(Shape.of(3, 3), Csv.read(file).shape());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epoch,accuracy,loss | true | it begins with 'epoch,accuracy,loss', but this training's log"
            + " with 'epoch,accuracy,loss,val_accuracy,val_loss'",
        "epoch;accuracy;loss | false | it begins with 'epoch;accuracy;loss', but this training's log"
            + " with 'epoch,accuracy,loss'",
        "1,0.5,0.6 | false | it begins with '1,0.5,0.6', but this training's log with"
            + " 'epoch,accuracy,loss'",
        "epoch,accuracy,loss~mean,0.5,0.6 | false | its last line begins with 'mean', where the"
            + " number of an epoch must stand"
      })
  void whatIsNoSuchLogIsRefusedAndStays(String there, boolean validated, String why)
      throws IOException {
    String before = text(there);
    Path file = file(before);
    CSVLogger logger = appending(file);
    assertSentence(file + " cannot be appended to: " + why, () -> log(logger, validated, 1, 1));
    assertEquals(before, Files.readString(file));
  }

  /** Bytes that are no UTF-8, and what others add between two epochs. */
  @Test
  void whatOthersWriteStays() throws IOException {
    byte[] before = (HEADER + "1,0.5,0.6 # caf\u00e9\n").getBytes(StandardCharsets.ISO_8859_1);
    Path file = Files.write(folder.resolve("log.csv"), before);
    CSVLogger one = appending(file);
    log(one, false, 1, 1);
    byte[] after = Files.readAllBytes(file);
    assertArrayEquals(before, Arrays.copyOf(after, before.length));
    Files.write(file, (HEADER + "1,1,1").getBytes(StandardCharsets.UTF_8));
    one.onEpochEnd(training(false), new EpochResult(2, 1, 1, new Evaluation(3, 0.25), null));
    assertEquals(HEADER + "1,1,1\n3,0.25,3.0\n", Files.readString(file));
    Files.delete(file);
    one.onEpochEnd(training(false), new EpochResult(3, 1, 1, new Evaluation(3, 0.25), null));
    assertEquals(HEADER + "4,0.25,3.0\n", Files.readString(file));
  }

  @Test
  void anEmptyFileAndNoneGetAHeader() throws IOException {
    Path file = file("\n");
    log(appending(file), false, 1, 1);
    assertEquals(HEADER + "1,0.25,3.0\n", Files.readString(file));
    Path none = folder.resolve("none.csv");
    log(appending(none), false, 1, 0);
    assertEquals(HEADER, Files.readString(none));
    log(new CSVLogger(file), false, 1, 1);
    assertEquals(HEADER + "1,0.25,3.0\n", Files.readString(file));
  }

  /** A training that is resumed in its third epoch numbers it itself. */
  @Test
  void aResumedTrainingCountsOnByItself() throws IOException {
    Path file = file(HEADER + "1,0.5,0.6\n2,0.5,0.6\n");
    log(appending(file), false, 3, 2);
    assertEquals(HEADER + "1,0.5,0.6\n2,0.5,0.6\n3,0.25,3.0\n4,0.25,3.0\n", Files.readString(file));
  }

  @Test
  void arrivesInARealTraining() throws IOException {
    Path file = folder.resolve("log.csv");
    Trainer trainer = Clouds.trainer(Clouds.model(1), new Sgd());
    FitOptions options = new FitOptions(2, 4).withCallback(appending(file));
    trainer.fit(Clouds.of(1, 8), options);
    trainer.fit(Clouds.of(1, 8), options);
    List<String> lines = Files.readAllLines(file);
    assertEquals(5, lines.size());
    for (int i = 1; i < lines.size(); i++) {
      assertEquals(Integer.toString(i), lines.get(i).split(",", 2)[0]);
    }
  }
}
