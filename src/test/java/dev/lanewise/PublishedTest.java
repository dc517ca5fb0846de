package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

/** What a repository of artifacts and its users ask for. */
class PublishedTest {
  private static final Path SOURCES = Path.of("src/main/java");

  private static String pom(String expression) throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of("pom.xml").toFile());
    XPath path = XPathFactory.newInstance().newXPath();
    return ((String) path.evaluate(expression, pom, XPathConstants.STRING)).strip();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name", "description", "url",
        "inceptionYear", "licenses/license/name", "licenses/license/url",
        "developers/developer/name", "scm/connection", "scm/developerConnection",
        "scm/url", "issueManagement/url", "properties/project.build.outputTimestamp"
      })
  void thePomSays(String element) throws Exception {
    assertTrue(!pom("/project/" + element).isEmpty(), "the pom has no " + element);
  }

  @Test
  void usersInheritNoDependency() throws Exception {
    assertEquals(
        "0", pom("count(/project/dependencies/dependency[not(optional='true') and not(scope)])"));
  }

  @Test
  void everyPackageIsDescribed() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      List<Path> silent =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .map(Path::getParent)
              .distinct()
              .filter(folder -> !folder.equals(SOURCES))
              .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
              .toList();
      assertEquals(List.of(), silent);
    }
  }

  @Test
  void theReadmeShowsTheConsumersPom() throws IOException {
    String pom = Files.readString(Path.of("docs/consumer/pom.xml")).strip();
    assertTrue(
        Files.readString(Path.of("README.md")).contains("```xml\n" + pom + "\n```"),
        "README.md lacks docs/consumer/pom.xml");
  }
}
